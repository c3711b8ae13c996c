/**
 * What it takes to open a keystore, seen before it is tried: the file itself says how much memory
 * and time its password costs.
 *
 * @module
 */

/** The most memory, in bytes: four times what geth's own keystores take. */
const MAX_MEMORY = 1024 ** 3;

/** The most blocks that scrypt mixes (n · r · p): eight times as many as for geth's own keystores. */
const MAX_MIXED_BLOCKS = 8 * 2 ** 18 * 8;

/** The most rounds of PBKDF2, forty times the standard's own example. */
const MAX_ROUNDS = 10_000_000;

/**
 * Why a keystore is not even tried, or `undefined`. What is missing or makes no sense is left to
 * whoever opens it. Names are matched in any case, as ethers does.
 */
export function tooMuchWork(keystore: unknown): string | undefined {
  const params = fieldsOf(fieldsOf([keystore], "crypto"), "kdfparams");
  const param = (name: string): number => largest(fieldsOf(params, name));
  const [n, r, p, c] = [param("n"), param("r"), param("p"), param("c")];
  const bytes = 128 * r * (n + p);
  if (n > 0 && bytes > MAX_MEMORY) return `opening it would take ${inMiB(bytes)} MiB of memory`;
  if (n * r * p > MAX_MIXED_BLOCKS) {
    return `its scrypt parameters (n ${n}, r ${r}, p ${p}) would take minutes or more`;
  }
  return c > MAX_ROUNDS ? `its ${c} rounds of PBKDF2 would take minutes or more` : undefined;
}

/** What stands under a name in any of these objects. */
function fieldsOf(objects: readonly unknown[], name: string): readonly unknown[] {
  return objects.flatMap((object) =>
    typeof object === "object" && object !== null
      ? Object.entries(object).flatMap(([key, value]) => key.toLowerCase() === name ? [value] : [])
      : []
  );
}

/** The largest of these numbers, which may be texts; 0 when there is none. */
function largest(values: readonly unknown[]): number {
  return values.reduce<number>((most, value) => {
    const number = typeof value === "string" ? Number.parseInt(value, 10) : value;
    return typeof number === "number" && number > most ? number : most;
  }, 0);
}

function inMiB(bytes: number): number {
  return Math.ceil(bytes / 1024 ** 2);
}
