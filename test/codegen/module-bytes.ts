// Trees of WASM instructions → the bytes of a module. Branches name their label's number, and the depth is counted here, so that a tree
// from which blocks were taken out (shrinking) is either still right or refused.

export type NumberType = "i32" | "i64" | "f32";
export type TreeType = NumberType | "void";

export type Tree =
  | { readonly kind: "op"; readonly type: TreeType; readonly args: readonly Tree[]; readonly bytes: readonly number[] }
  | {
      readonly kind: "block" | "loop";
      readonly type: TreeType;
      readonly label: number;
      readonly body: readonly Tree[];
    }
  | {
      readonly kind: "if";
      readonly type: TreeType;
      readonly label: number;
      readonly args: readonly [Tree];
      readonly consequent: readonly Tree[];
      readonly otherwise: readonly Tree[];
    }
  /** br, br_if (args: condition) and br_table (args: index), to labels that take no value. */
  | {
      readonly kind: "branch";
      readonly type: "void";
      readonly args: readonly Tree[];
      readonly labels: readonly number[];
      readonly table: boolean;
    };

export interface FunctionTree {
  readonly params: readonly NumberType[];
  readonly result: TreeType;
  readonly locals: readonly NumberType[];
  readonly body: readonly Tree[];
}

export interface ModuleTree {
  readonly functions: readonly FunctionTree[];
  readonly pages: number;
  readonly globals: readonly { readonly type: NumberType; readonly init: bigint }[];
  /** Function per table entry; −1: nothing. */
  readonly table: readonly number[];
  readonly data: readonly { readonly address: number; readonly bytes: Uint8Array }[];
}

export const typeBytes: Readonly<Record<TreeType, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, void: 0x40 };

export function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let left = value >>> 0;
  do {
    bytes.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
    left >>>= 7;
  } while (left);
  return bytes;
}

export function signed(value: bigint): number[] {
  const bytes: number[] = [];
  for (let left = value; ; left >>= 7n) {
    const low = Number(left & 0x7fn);
    const last = left >> 7n === ((low & 0x40) !== 0 ? -1n : 0n);
    bytes.push(last ? low : low | 0x80);
    if (last) return bytes;
  }
}

const op = (type: TreeType, bytes: readonly number[], ...args: readonly Tree[]): Tree => ({
  kind: "op",
  type,
  args,
  bytes,
});

export function constantTree(type: NumberType, value: bigint): Tree {
  if (type === "i32") return op(type, [0x41, ...signed(BigInt.asIntN(32, value))]);
  if (type === "i64") return op(type, [0x42, ...signed(BigInt.asIntN(64, value))]);
  return op(type, [0x43, ...[0n, 8n, 16n, 24n].map((shift) => Number((value >> shift) & 0xffn))]);
}

export const opTree = op;

/** if (--global < 0) unreachable */
const burn = (global: number): number[] => {
  const get = [0x23, ...unsigned(global)];
  return [...get, 0x41, 1, 0x6b, 0x24, ...unsigned(global), ...get, 0x41, 0, 0x48, 0x04, 0x40, 0x00, 0x0b];
};

/** Throws when a branch names a label that is not around it. `fuel`: what each round of a loop starts with. */
function treeBytes(tree: Tree, labels: readonly number[], fuel: readonly number[] = []): number[] {
  const list = (trees: readonly Tree[], around: readonly number[]) =>
    trees.flatMap((each) => treeBytes(each, around, fuel));
  switch (tree.kind) {
    case "op":
      return [...list(tree.args, labels), ...tree.bytes];
    case "block":
    case "loop": {
      const open = [tree.kind === "block" ? 0x02 : 0x03, typeBytes[tree.type]];
      const burnt = tree.kind === "loop" ? fuel : [];
      return [...open, ...burnt, ...list(tree.body, [tree.label, ...labels]), 0x0b];
    }
    case "if": {
      const around = [tree.label, ...labels];
      const otherwise = tree.otherwise.length ? [0x05, ...list(tree.otherwise, around)] : [];
      return [
        ...list(tree.args, labels),
        0x04,
        typeBytes[tree.type],
        ...list(tree.consequent, around),
        ...otherwise,
        0x0b,
      ];
    }
    case "branch": {
      const depths = tree.labels.map((label) => labels.indexOf(label));
      if (depths.some((depth) => depth < 0)) throw new RangeError("a branch out of its blocks");
      const args = list(tree.args, labels);
      if (tree.table) return [...args, 0x0e, ...unsigned(depths.length - 1), ...depths.flatMap(unsigned)];
      return [...args, tree.args.length ? 0x0d : 0x0c, ...unsigned(depths[0]!)];
    }
  }
}

const section = (id: number, content: readonly number[]): number[] => [id, ...unsigned(content.length), ...content];
const vector = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()];
const named = (name: string): number[] => vector([...name].map((character) => [character.charCodeAt(0)]));

/**
 * Function i has type i, is exported as `f<i>`; the memory is `memory`, global i is `g<i>`. With fuel, one global more says how many
 * rounds loops may still make before they trap.
 */
export function moduleBytes(module: ModuleTree, fuel?: number): Uint8Array<ArrayBuffer> {
  const { functions, table, data } = module;
  const globals =
    fuel === undefined ? module.globals : [...module.globals, { type: "i32" as const, init: BigInt(fuel) }];
  const burnt = fuel === undefined ? [] : burn(module.globals.length);
  const types = functions.map(({ params, result }) => [
    0x60,
    ...vector(params.map((type) => [typeBytes[type]])),
    ...vector(result === "void" ? [] : [[typeBytes[result]]]),
  ]);
  const globalBytes = globals.map(({ type, init }) => [
    typeBytes[type],
    1,
    ...treeBytes(constantTree(type, init), []),
    0x0b,
  ]);
  const exported = [
    ...functions.map((_, i) => [...named(`f${i}`), 0, ...unsigned(i)]),
    [...named("memory"), 2, 0],
    ...globals.map((_, i) => [...named(`g${i}`), 3, ...unsigned(i)]),
  ];
  const elements = table.flatMap((fn, i) =>
    fn < 0 ? [] : [[0, 0x41, ...signed(BigInt(i)), 0x0b, 1, ...unsigned(fn)]],
  );
  const bodies = functions.map(({ locals, body }) => {
    const code = [
      ...vector(locals.map((type) => [1, typeBytes[type]])),
      ...body.flatMap((tree) => treeBytes(tree, [], burnt)),
      0x0b,
    ];
    return [...unsigned(code.length), ...code];
  });
  const segments = data.map(({ address, bytes }) => [
    ...[0, 0x41, ...signed(BigInt(address)), 0x0b],
    ...unsigned(bytes.length),
    ...bytes,
  ]);
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector(types)),
    ...section(3, vector(functions.map((_, i) => unsigned(i)))),
    ...section(4, vector([[0x70, 0, ...unsigned(table.length)]])),
    ...section(5, vector([[0, ...unsigned(module.pages)]])),
    ...section(6, vector(globalBytes)),
    ...section(7, vector(exported)),
    ...section(9, vector(elements)),
    ...section(10, vector(bodies)),
    ...section(11, vector(segments)),
  ]);
}
