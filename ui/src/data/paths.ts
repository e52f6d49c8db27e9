// Paths as every system writes them: the host names files and folders by them, and the page compares them.

/** Whether a path lies in a folder, or is it. */
export function liesIn(path: string, folder: string): boolean {
  const bare = folder.replace(/[\\/]+$/, '');
  const next = path.charAt(bare.length);
  return path.startsWith(bare) && (next === '' || next === '/' || next === '\\');
}

/** The folder in which a file lies. */
export function folderOf(path: string): string {
  return path.replace(/[\\/]+[^\\/]*$/, '') || path;
}
