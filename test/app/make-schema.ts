// Writes models/app.schema.json from the schema that parseApp applies: `npx tsx test/app/make-schema.ts`.

import { writeFileSync } from "node:fs";
import { appSchema } from "../../host/app/app.ts";

writeFileSync(new URL("../../models/app.schema.json", import.meta.url), `${JSON.stringify(appSchema, null, 2)}\n`);
