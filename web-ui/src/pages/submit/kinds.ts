/** What a file is, as far as its declared type says; the server looks at its content. */
export type MediaKind = "image" | "video";

export function kindOf(file: File | null): MediaKind | null {
  if (file === null) return null;
  if (file.type.startsWith("image/")) return "image";
  return file.type.startsWith("video/") ? "video" : null;
}
