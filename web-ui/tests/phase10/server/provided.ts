/** What the set-up of the specs gives them. */
import "vitest";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the scripted server listens, such as `http://127.0.0.1:40123`. */
    scriptedServer: string;
  }
}
