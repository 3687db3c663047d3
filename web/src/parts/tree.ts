/** Folders as a tree, made of their paths. */

export interface Folder {
  path: string;
  files: number;
  bytes: number;
}

export interface Branch extends Folder {
  name: string;
  /** With all that is below it. */
  files: number;
  bytes: number;
  branches: Branch[];
}

export function grown(folders: readonly Folder[]): Branch[] {
  const root: Branch = branch("", "");
  for (const folder of folders) {
    let at = root;
    add(at, folder);
    for (const name of partsOf(folder.path)) {
      let next = at.branches.find((one) => one.name === name);
      if (!next) at.branches.push((next = branch(at.path ? joined(at.path, name) : name, name)));
      add(next, folder);
      at = next;
    }
  }
  return root.branches.map(shortened);
}

function partsOf(path: string): string[] {
  const parts = path.split("/").filter((part) => part && part !== ".");
  if (!parts.length) return ["."];
  return path.startsWith("/") ? [`/${parts[0]}`, ...parts.slice(1)] : parts;
}

/** A folder that only leads to one other is one with it: its name has both. */
function shortened(one: Branch): Branch {
  let now = one;
  while (now.branches.length === 1 && now.branches[0]!.files === now.files) {
    const only = now.branches[0]!;
    now = { ...only, name: joined(now.name, only.name) };
  }
  return { ...now, branches: now.branches.map(shortened) };
}

function joined(path: string, name: string): string {
  return `${path}/${name}`;
}

function branch(path: string, name: string): Branch {
  return { path, name, files: 0, bytes: 0, branches: [] };
}

function add(to: Branch, folder: Folder): void {
  to.files += folder.files;
  to.bytes += folder.bytes;
}
