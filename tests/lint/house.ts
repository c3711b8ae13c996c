/**
 * The house: its layers, and which file belongs to which.
 *
 * @module
 */

const ROOT = new URL("../../", import.meta.url).pathname;

/** A file's place in the house: its layer, and its folder inside `adapters/`. */
export interface Place {
  readonly layer: "domain" | "adapters" | "app" | "tests" | "bench" | "face";
  readonly adapter?: string;
}

/** Where a file stands, or `undefined` for a file outside the house. */
export function placeOf(path: string): Place | undefined {
  if (!path.startsWith(ROOT)) return undefined;
  const [top, folder, ...rest] = path.slice(ROOT.length).split("/");
  switch (top) {
    case "mod.ts":
      return { layer: "face" };
    case "domain":
    case "app":
    case "tests":
    case "bench":
      return { layer: top };
    case "adapters":
      return { layer: top, ...(rest.length > 0 && folder !== undefined && { adapter: folder }) };
    default:
      return undefined;
  }
}

/** How a place is called in a complaint. */
export function nameOf(place: Place): string {
  if (place.layer === "face") return "mod.ts";
  return place.adapter === undefined ? `${place.layer}/` : `adapters/${place.adapter}/`;
}
