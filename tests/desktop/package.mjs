// The package as a person has it after installing: the window, the worker and the built-in model where it puts them.
// usage: node package.mjs, with INGLENOOK_BIN naming the folder of the installed programs, under Xvfb and a bus.
import { Window } from './window.mjs';

const window = new Window();
try {
  await window.open([1000, 700]);
  await window.click('//button[contains(., "Try Pocket")]');
  await window.type('textarea[aria-label="Message"]', 'What is the capital of Norway?\uE007');
  await window.read('The capital of Norway is Oslo.');
} finally {
  await window.leave();
}
