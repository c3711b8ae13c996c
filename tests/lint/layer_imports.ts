/**
 * The rule of imports: which layer may take what from where.
 *
 * @module
 */

import { nameOf, type Place, placeOf } from "./house.ts";

/** What an arrow that the house forbids is told: what is broken, and the way out. */
interface Complaint {
  readonly message: string;
  readonly hint: string;
}

/** What an import asks for. */
type Target =
  | { readonly kind: "file"; readonly place: Place }
  | { readonly kind: "npm"; readonly specifier: string; readonly name: string }
  | { readonly kind: "node"; readonly specifier: string }
  | { readonly kind: "foreign"; readonly specifier: string };

/** An npm client, as {@link CLIENTS} says. */
interface Client {
  readonly adapter: string;
  readonly functions: readonly string[];
}

/**
 * The npm clients: which adapter speaks their language, and the parts of them that are plain
 * functions and hold no connection. Everything else of them an adapter may name only as a type.
 */
const CLIENTS: ReadonlyMap<string, Client> = new Map([
  ["ioredis", { adapter: "redis", functions: [] }],
  ["ethers", {
    adapter: "ethereum",
    functions: [
      "ethers/abi",
      "ethers/address",
      "ethers/constants",
      "ethers/crypto",
      "ethers/hash",
      "ethers/transaction",
      "ethers/utils",
      "ethers/wallet",
    ],
  }],
]);

/** Looks at every import of a file. */
export function visitImports(context: Deno.lint.RuleContext): Deno.lint.LintVisitor {
  const from = placeOf(context.filename);
  if (from === undefined) return {};

  function check(node: Deno.lint.Node, specifier: string, typeOnly: boolean): void {
    const target = targetOf(context.filename, specifier);
    const complaint = target && complaintAbout(from!, target, typeOnly);
    if (complaint !== undefined) context.report({ node, ...complaint });
  }

  return {
    ImportDeclaration(node) {
      const named = node.specifiers.length > 0 &&
        node.specifiers.every((one) => one.type === "ImportSpecifier" && one.importKind === "type");
      check(node, node.source.value, node.importKind === "type" || named);
    },
    ExportNamedDeclaration(node) {
      if (node.source !== null) check(node, node.source.value, node.exportKind === "type");
    },
    ExportAllDeclaration(node) {
      check(node, node.source.value, node.exportKind === "type");
    },
    ImportExpression(node) {
      if (node.source.type === "Literal" && typeof node.source.value === "string") {
        check(node, node.source.value, false);
      } else if (from.layer === "domain") {
        context.report({
          node,
          message: "domain/ imports a module whose name is computed",
          hint: "Import from domain/ by a plain name; what comes from outside arrives as a port.",
        });
      }
    },
    TSImportType(node) {
      const name = node.argument.type === "TSLiteralType" ? node.argument.literal : undefined;
      if (name?.type === "Literal" && typeof name.value === "string") check(node, name.value, true);
    },
  };
}

/** What is wrong with an import from one place to a target, if anything is. */
function complaintAbout(from: Place, target: Target, typeOnly: boolean): Complaint | undefined {
  switch (target.kind) {
    case "foreign":
      return {
        message: `"${target.specifier}" comes neither from npm nor from Deno itself`,
        hint: "Add an npm package to the imports of deno.json, pinned, and import it by its name.",
      };
    case "node":
      return from.layer === "domain" ? impure(`"${target.specifier}"`) : undefined;
    case "npm":
      return complaintAboutPackage(from, target, typeOnly);
    case "file":
      return complaintAboutFile(from, target.place);
  }
}

function complaintAboutFile(from: Place, to: Place): Complaint | undefined {
  if (from.layer === "tests" || from.layer === "bench") return undefined;
  if (from.layer === "domain") {
    return to.layer === "domain" ? undefined : impure(`from ${nameOf(to)}`);
  }
  if (to.layer === "tests" || to.layer === "bench") {
    return {
      message: `${nameOf(from)} imports from ${nameOf(to)}`,
      hint: "The program never needs its tests: move what is shared into the layer that owns it.",
    };
  }
  if (to.layer === "face") {
    return {
      message: `${nameOf(from)} imports the library's face, mod.ts`,
      hint: "Import from the file in domain/ or app/ that mod.ts takes the name from.",
    };
  }
  if (from.layer === "face" && to.layer === "adapters") {
    return {
      message: `mod.ts imports from ${nameOf(to)}, which would load a client for everybody`,
      hint: `Export it from adapters/${to.adapter}/mod.ts, an entry of its own in deno.json.`,
    };
  }
  if (from.layer !== "adapters") return undefined;
  if (to.layer === "app") {
    return {
      message: `${nameOf(from)} imports from app/`,
      hint: "Only app/ knows the wiring: take what is needed as an argument, or as a port.",
    };
  }
  if (to.layer === "adapters" && to.adapter !== from.adapter) {
    return {
      message: `${nameOf(from)} imports from ${nameOf(to)}`,
      hint: "Adapters do not know each other: share through domain/, or join them in app/.",
    };
  }
  return undefined;
}

function complaintAboutPackage(
  from: Place,
  target: { readonly specifier: string; readonly name: string },
  typeOnly: boolean,
): Complaint | undefined {
  const { specifier, name } = target;
  if (specifier.startsWith("npm:")) {
    return {
      message: `"${specifier}" names a package past deno.json`,
      hint: "Pin it in the imports of deno.json, and import it by its name.",
    };
  }
  if (from.layer === "domain" || from.layer === "face") return impure(`"${specifier}"`, from);
  if (from.layer !== "adapters") return undefined;
  if (from.adapter === "memory") {
    return {
      message: `adapters/memory/ imports the package "${specifier}"`,
      hint: "The memory adapters stand on the language alone: write it plainly, or take it in.",
    };
  }
  const client = CLIENTS.get(name);
  if (client === undefined) return undefined;
  if (from.adapter !== client.adapter) {
    return {
      message: `${nameOf(from)} imports "${specifier}"`,
      hint: `Only adapters/${client.adapter}/ speaks to ${name}: put a port between.`,
    };
  }
  if (typeOnly || client.functions.includes(specifier)) return undefined;
  return {
    message: `${nameOf(from)} imports values of "${specifier}"`,
    hint: client.functions.length === 0
      ? "Use `import type` and take a built client as an argument: clients are built in app/."
      : `Use \`import type\`, or a part that holds no connection (${client.functions.join(", ")}).`,
  };
}

function impure(what: string, from: Place = { layer: "domain" }): Complaint {
  return {
    message: `${nameOf(from)} imports ${what}`,
    hint: "Take it as an argument, or say what is needed as an interface in domain/ports/.",
  };
}

function targetOf(importer: string, specifier: string): Target | undefined {
  if (/^\.{0,2}\//.test(specifier) || specifier.startsWith("file:")) {
    const url = new URL(specifier, new URL(importer, "file:///"));
    const place = placeOf(url.pathname);
    return place && { kind: "file", place };
  }
  if (specifier.startsWith("node:")) return { kind: "node", specifier };
  if (/^[a-z]+:/.test(specifier) && !specifier.startsWith("npm:")) {
    return { kind: "foreign", specifier };
  }
  const [, name = specifier] = /^(?:npm:)?((?:@[^/]+\/)?[^/@]+)/.exec(specifier) ?? [];
  return { kind: "npm", specifier, name };
}
