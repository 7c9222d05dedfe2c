/** Every control that a page shows, as assistive technology is told of it, and what is wrong with where it lies. */
import type { CDPSession } from "@playwright/test";

export interface Control {
  role: string;
  name: string;
  /** What a person would stumble over; empty where all is well. */
  problems: string[];
}

/** Roles of what can be used; a disclosure is told of under a name of the browser's own. */
const USABLE: ReadonlySet<string> = new Set([
  "button",
  "checkbox",
  "combobox",
  "DisclosureTriangle",
  "link",
  "listbox",
  "menuitem",
  "radio",
  "searchbox",
  "slider",
  "spinbutton",
  "switch",
  "tab",
  "textbox",
]);

/**
 * In the page: what is wrong with the place of each of these; null where it is not for the eye, as the file input
 * behind its button is. A label takes clicks for its box, and a link within a sentence may be as low as its line.
 */
function misplaced(...elements: HTMLElement[]): (string[] | null)[] {
  const LEAST = 24;
  return elements.map((element) => {
    element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    // The first line of one that runs over two: between them lies something else.
    const own = element.getClientRects()[0] ?? element.getBoundingClientRect();
    if (own.width <= 1 || own.height <= 1) return null;
    const isBox = element instanceof HTMLInputElement && ["checkbox", "radio"].includes(element.type);
    const label = isBox ? element.closest("label") : null;
    const target = label?.getBoundingClientRect() ?? own;

    const problems: string[] = [];
    if (own.left < -1 || own.top < -1 || own.right > innerWidth + 1 || own.bottom > innerHeight + 1) {
      problems.push(`is outside the window: ${Math.round(own.left)}, ${Math.round(own.top)}`);
    }
    const atItsMiddle = () => document.elementFromPoint(own.left + own.width / 2, own.top + own.height / 2);
    const isHit = () => {
      const hit = atItsMiddle();
      return hit !== null && (element.contains(hit) || label?.contains(hit) === true);
    };
    // Some come to light with the focus, as the link to the content does; a tab would be chosen by it.
    if (!isHit()) element.focus({ preventScroll: true });
    if (!isHit()) problems.push(`is covered by ${atItsMiddle()?.outerHTML.slice(0, 80) ?? "nothing"}`);
    const words = [...(element.parentElement?.childNodes ?? [])].some(
      (node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? "").trim().length > 1,
    );
    const isInText = words && getComputedStyle(element).display === "inline";
    if (!isInText && (target.width < LEAST - 0.5 || target.height < LEAST - 0.5)) {
      problems.push(`is ${target.width.toFixed(1)} × ${target.height.toFixed(1)} pixels`);
    }
    return problems;
  });
}

/** The controls that can be used now, in the order of the page. */
export async function controlsOf(session: CDPSession): Promise<Control[]> {
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  const usable = nodes.filter(({ ignored, role, properties }) => {
    const isDisabled = properties?.some((one) => one.name === "disabled" && one.value.value === true) ?? false;
    return !ignored && !isDisabled && USABLE.has(String(role?.value));
  });
  const objects = await Promise.all(
    usable.map(({ backendDOMNodeId = 0 }) => session.send("DOM.resolveNode", { backendNodeId: backendDOMNodeId })),
  );
  const elements = objects.map(({ object }) => ({ objectId: object.objectId ?? "" }));
  const { result } = await session.send("Runtime.callFunctionOn", {
    objectId: elements[0]?.objectId ?? "",
    arguments: elements,
    functionDeclaration: misplaced.toString(),
    returnByValue: true,
  });
  const places = result.value as (string[] | null)[];
  return usable.flatMap(({ role, name }, at) => {
    const problems = places[at] ?? null;
    if (problems === null) return [];
    const itsName = String(name?.value ?? "").trim();
    const itsRole = role?.value === "DisclosureTriangle" ? "disclosure" : String(role?.value);
    return [{ role: itsRole, name: itsName, problems: itsName === "" ? [...problems, "has no name"] : problems }];
  });
}
