// What others need of the parameter form beside the form itself.
export { UNSET as NOTHING_SET } from './knobs';
