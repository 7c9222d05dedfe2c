/** Files as somebody chose or dropped them, those in folders among them. */

export interface Chosen {
  files: readonly File[];
  /** The folder's name, where one was chosen. */
  folder: string | null;
}

/** Open the browser's dialog: one field is for files or for a folder, whichever is asked for. */
export function askFor(what: "files" | "folder", field: HTMLInputElement | null): void {
  if (field === null) return;
  field.webkitdirectory = what === "folder";
  field.click();
}

/** What a system puts into folders for itself. */
function isHidden(name: string): boolean {
  return name.startsWith(".") || name === "Thumbs.db" || name === "desktop.ini";
}

/** What a field of the page was given: files, or a folder with all that is in it. */
export function chosenBy(list: FileList | null): Chosen {
  const files = [...(list ?? [])];
  const [folder = ""] = (files[0]?.webkitRelativePath ?? "").split("/");
  if (folder === "") return { files, folder: null };
  return { files: files.filter(({ name }) => !isHidden(name)), folder };
}

/** What was dropped. To be called while it is: the browser forgets what it was afterwards. */
export function dropped(transfer: DataTransfer): Promise<Chosen> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry());
  const folders = entries.filter((entry) => entry?.isDirectory === true);
  // Where there is no folder the browser's own list is enough, also for what has no entry.
  if (folders.length === 0) return Promise.resolve({ files: [...transfer.files], folder: null });
  const folder = entries.length === 1 ? (folders[0]?.name ?? null) : null;
  return Promise.all(entries.filter((entry) => entry !== null).map(filesBelow)).then((files) => ({
    files: files.flat(),
    folder,
  }));
}

async function filesBelow(entry: FileSystemEntry): Promise<File[]> {
  if (isHidden(entry.name)) return [];
  if (isFile(entry)) {
    return [await new Promise<File>((resolve, reject: (error: Error) => void) => entry.file(resolve, reject))];
  }
  if (!isFolder(entry)) return [];
  const reader = entry.createReader();
  const files: File[] = [];
  for (;;) {
    // A reader hands out a hundred at a time.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject: (error: Error) => void) => reader.readEntries(resolve, reject));
    if (some.length === 0) return files;
    for (const one of some.toSorted((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }))) {
      files.push(...(await filesBelow(one)));
    }
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
