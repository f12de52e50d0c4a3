#!/usr/bin/env node
// The command line: finds the verb, lets yargs parse its arguments, runs it, reports what it throws, and exits. The
// help of the whole program is printed from the table of verbs, so that it needs neither yargs nor any room.

import { invariant, UserError } from "../base/errors.ts";
import type { Command, Exit, Verb } from "./command.ts";
import { verbs } from "./commands.ts";
import { error } from "./errors.ts";
import { errorJson, errorText } from "./report.ts";
import { openTerminal, type Terminal } from "./terminal.ts";
import { usageWords } from "./usage-words.ts";
import { version } from "./version.ts";

async function main(argv: readonly string[]): Promise<number> {
  const terminal = openTerminal(argv.includes("--json"));
  try {
    const [first] = argv;
    if (first === undefined || first === "--help" || first === "-h" || first === "help") return help(terminal);
    if (first === "--version" || first === "-V") return printVersion(terminal);
    const verb = verbs.find(({ name, alias }) => name === first || alias === first);
    if (!verb) throw error("usage", { problem: `there is no verb "${first}"${suggestion(first)}` });
    const { command } = await verb.load();
    return await runVerb(verb, command, argv.slice(1), terminal);
  } catch (cause) {
    return report(cause, terminal);
  }
}

async function runVerb(verb: Verb, command: Command, argv: readonly string[], terminal: Terminal): Promise<number> {
  if (command.compiles) await (await import("./baseline.ts")).useBaseline();
  const { default: yargs } = await import("yargs");
  const parser = yargs([...argv])
    .scriptName("thumbelina")
    .usage(`thumbelina ${command.usage}\n\n${verb.summary}`)
    .option("json", { type: "boolean", describe: "machine-readable output on stdout" })
    .options(command.options)
    .strict()
    .version(false)
    .help(false)
    .option("help", { alias: "h", type: "boolean", describe: "this text" })
    .wrap(Math.min(120, terminal.columns))
    .exitProcess(false)
    .parserConfiguration({ "camel-case-expansion": false, "duplicate-arguments-array": true, "boolean-negation": true })
    .fail((message, cause) => {
      // yargs throws some of its refusals itself; what a verb throws is no refusal
      if (cause && cause.name !== "YError") throw cause;
      throw error("usage", { problem: usageWords(message ?? cause?.message ?? "", command.usage) });
    });
  for (const [example, what] of command.examples ?? []) parser.example(example, what);
  let exit: Exit | undefined;
  parser.command(
    command.usage.replace(/^\S+/, "$0"),
    false,
    (args) => {
      for (const [name, options] of Object.entries(command.positionals ?? {})) args.positional(name, options);
      return args;
    },
    async (args) => {
      exit = args["help"] ? await showHelp(parser, terminal) : await command.run(args, terminal, verbs);
    },
  );
  if (argv.includes("--help") || argv.includes("-h")) return showHelp(parser, terminal);
  await parser.parseAsync();
  invariant(exit !== undefined, "the verb's handler did not run");
  return exit;
}

async function showHelp(parser: { getHelp(): Promise<string> }, terminal: Terminal): Promise<0> {
  terminal.out(await parser.getHelp());
  return 0;
}

function help(terminal: Terminal): 0 {
  const width = Math.max(...verbs.map(({ name }) => name.length));
  terminal.out(
    [
      "thumbelina: a trained model in, a microcontroller's firmware out",
      "",
      "  thumbelina VERB [options]",
      "",
      ...verbs.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
      "",
      "  thumbelina VERB --help tells a verb's options; --json works on every verb; --version",
      "  exit codes: 0 ok, 1 defect, 2 usage, 3 unsupported, 4 device, 5 permission, 6 i/o, 7 mismatch, 8 budget,",
      "              9 signature, 10 privacy, 11 wrong target, 130 interrupted",
    ].join("\n"),
  );
  return 0;
}

function printVersion(terminal: Terminal): 0 {
  terminal.out(terminal.json ? JSON.stringify({ version }) : version);
  return 0;
}

function suggestion(word: string): string {
  const near = verbs.find(({ name }) => name.startsWith(word) || word.startsWith(name) || name.includes(word));
  return near ? `; did you mean "${near.name}"?` : "";
}

function report(cause: unknown, terminal: Terminal): number {
  if (cause instanceof UserError) {
    if (terminal.json) terminal.out(JSON.stringify(errorJson(cause)));
    terminal.note(errorText(cause, terminal));
    return cause.exit;
  }
  terminal.note(`defect in thumbelina: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`);
  return 1;
}

process.on("SIGINT", () => process.exit(130));
// A reader that closes the pipe early (`| head`) is not an error of ours.
process.stdout.on("error", (cause: NodeJS.ErrnoException) => process.exit(cause.code === "EPIPE" ? 0 : 6));
process.exitCode = await main(process.argv.slice(2));
