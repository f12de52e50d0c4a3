// What yargs says of arguments that it refuses, in one line and in our words. In: its message and the verb's usage; out: the problem.

export function usageWords(message: string, usage: string): string {
  const [, given] = /^Not enough non-option arguments: got (\d+)/.exec(message) ?? [];
  const wanted = usage.match(/<[^>]+>/g) ?? [];
  if (given !== undefined) return `${wanted[Number(given)] ?? "an argument"} is missing: thumbelina ${usage}`;
  const [, option, value, choices] = /Argument: ([\w-]+), Given: (.*), Choices: (.*)/.exec(message) ?? [];
  if (option !== undefined) {
    const known = choices!.replaceAll('"', "");
    return `--${option} ${value!.replaceAll('"', "")}: one of ${known} is expected`;
  }
  const [, bare] = /^Not enough arguments following: ([\w-]+)/.exec(message) ?? [];
  if (bare !== undefined) return `${bare.length > 1 ? "--" : "-"}${bare} needs a value`;
  return message.replace(/\s*\n\s*/g, " ").trim();
}
