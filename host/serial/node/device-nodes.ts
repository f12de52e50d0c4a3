// May we open a file in /dev? On the machine itself the kernel is asked, so that access lists (udev's uaccess) count; under another root,
// which holds plain files, owner, group and mode are read for the user of that root's /proc/self.

import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { join } from "node:path";
import type { NodeEvidence, UserEvidence } from "../doctor/evidence.ts";

export type NodeReader = (path: string) => Promise<NodeEvidence | undefined>;

const readWrite = 6;

/** In: /dev/ttyACM0 as on the machine itself. Out: undefined where there is none. */
export function nodeReader(root: string, user: UserEvidence): NodeReader {
  return async (path) => {
    const file = join(root, path);
    const facts = await stat(file).catch(() => undefined);
    if (!facts) return undefined;
    const { uid, gid, mode } = facts;
    const bits = (shift: number) => ((mode >> shift) & readWrite) === readWrite;
    const byMode = user.id === 0 || (user.id === uid ? bits(6) : user.groupIds.includes(gid) ? bits(3) : bits(0));
    const accessible = root === "/" ? await mayOpen(file) : byMode;
    return { path, accessible, groupId: gid, groupMay: bits(3) };
  };
}

async function mayOpen(file: string): Promise<boolean> {
  return access(file, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
}
