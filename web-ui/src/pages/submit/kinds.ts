/** What a file is, as far as its declared type says; the server looks at its content. */
export type MediaKind = "image" | "video";

function kindOf(file: File | null): MediaKind | null {
  if (file === null) return null;
  if (file.type.startsWith("image/")) return "image";
  return file.type.startsWith("video/") ? "video" : null;
}

/** What several files are, where all are the same. */
export function commonKindOf(files: readonly File[]): MediaKind | null {
  const [first = null] = files;
  const kind = kindOf(first);
  return files.every((file) => kindOf(file) === kind) ? kind : null;
}

/** Whether a file is a list of inputs rather than one, by how its name ends. */
export function isManifest(file: File): boolean {
  return /\.(csv|ndjson|jsonl|json)$/i.test(file.name);
}
