/**
 * Colours of detections. A label has the same one everywhere and always; they can be told apart with every kind of
 * colour-blindness, stand out on dark and on bright pictures with the dark line around them, and carry dark text.
 */
const COLOURS = ["#56b4e9", "#f0e442", "#2cc295", "#e69f00", "#d98cc0", "#7d9bff", "#d8d4c8"] as const;

/** Text on any of them. */
export const ON_COLOUR = "#0b0e13";

const known = new Map<string, string>();
const MAX_KNOWN = 512;

/** The colour of a label. */
export function colourOf(label: string): string {
  const before = known.get(label);
  if (before !== undefined) return before;
  // FNV-1a: short, and spreads short words well.
  let hash = 0x811c9dc5;
  for (let at = 0; at < label.length; at += 1) hash = Math.imul(hash ^ label.charCodeAt(at), 0x01000193);
  const colour = COLOURS[(hash >>> 8) % COLOURS.length] ?? COLOURS[0];
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(label, colour);
  return colour;
}
