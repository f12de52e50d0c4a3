// Where the shared corpus lies, if it is there: ../shared/data beside the repository. Tests that use it skip loudly without.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const beside = fileURLToPath(new URL("../../shared/data", import.meta.url));
export const corpus: string | undefined = existsSync(beside) ? beside : undefined;
