import { useRealtime } from "../../realtime/useRealtime.ts";
import { useTitle } from "../page.ts";

const ENDINGS = { done: "Done", error: "Error", cancelled: "Cancelled" } as const;

/** The tab's title says how the job stands, for who looks at another tab meanwhile. */
export function useJobTitle(name: string): void {
  const standing = useRealtime((state) => {
    switch (state.status) {
      case null:
      case "queued":
        return "";
      case "running":
        return `${state.progress?.percent ?? 0} % `;
      default:
        return `${ENDINGS[state.status]}: `;
    }
  });
  useTitle(`${standing}${name}`);
}
