/**
 * The rule of the pure domain: it has no clock, chance, environment or I/O.
 *
 * @module
 */

import { placeOf } from "./house.ts";

/** What the domain may not name at all: clock, chance, environment, I/O and the ways to them. */
const OUTSIDE: ReadonlySet<string> = new Set([
  ...["Date", "performance", "setTimeout", "setInterval", "setImmediate", "requestAnimationFrame"],
  ...["crypto", "Deno", "process", "navigator", "location", "globalThis", "self", "window"],
  ...["fetch", "WebSocket", "WebSocketStream", "EventSource", "XMLHttpRequest", "WebTransport"],
  ...["Worker", "BroadcastChannel", "caches", "localStorage", "sessionStorage"],
  ...["console", "alert", "confirm", "prompt", "eval", "Function", "require"],
]);

/** Objects that are pure but for this one member. */
const OUTSIDE_MEMBERS: ReadonlyMap<string, string> = new Map([
  ["Math", "random"],
  ["Temporal", "Now"],
  ["AbortSignal", "timeout"],
]);

/** Looks at every name in a file of the domain. */
export function visitDomain(context: Deno.lint.RuleContext): Deno.lint.LintVisitor {
  if (placeOf(context.filename)?.layer !== "domain") return {};

  function report(node: Deno.lint.Node, name: string): void {
    context.report({
      node,
      message: `domain/ uses ${name}: the domain has no clock, chance, environment or I/O`,
      hint: "Take the value as an argument, or as a port of domain/ports/; name a local otherwise.",
    });
  }

  return {
    Identifier(node) {
      if (isMemberName(node)) return;
      if (OUTSIDE.has(node.name)) report(node, node.name);
      const member = OUTSIDE_MEMBERS.get(node.name);
      if (member === undefined) return;
      const read = memberRead(node);
      if (read === "unknown") report(node, `${node.name} by a name that nobody can check`);
      else if (read === member) report(node, `${node.name}.${member}`);
    },
    MetaProperty(node) {
      if (node.meta.name === "import") report(node, "import.meta");
    },
  };
}

/** Whether an identifier is only the name of a member: `reading.performance`, `{ fetch: 1 }`. */
function isMemberName(node: Deno.lint.Identifier): boolean {
  const { parent } = node;
  switch (parent.type) {
    case "MemberExpression":
      return parent.property === node && !parent.computed;
    case "TSQualifiedName":
      return parent.right === node;
    case "Property":
    case "PropertyDefinition":
    case "MethodDefinition":
    case "TSPropertySignature":
    case "TSMethodSignature":
      return parent.key === node && !parent.computed;
    default:
      return false;
  }
}

/** The member that is read of an object: `undefined` for a type, `"unknown"` when it cannot be told. */
function memberRead(object: Deno.lint.Identifier): string | undefined {
  const { parent } = object;
  if (parent.type === "TSQualifiedName") return parent.right.name;
  if (parent.type === "TSTypeReference") return undefined;
  if (parent.type !== "MemberExpression" || parent.object !== object) return "unknown";
  const { property, computed } = parent;
  if (!computed && property.type === "Identifier") return property.name;
  if (property.type === "Literal" && typeof property.value === "string") return property.value;
  return "unknown";
}
