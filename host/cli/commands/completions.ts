// Completion scripts, made from the table of verbs and their options: what the shell offers is what the parser takes.

import type { Command } from "../command.ts";

interface Words {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly string[];
}

type Shell = "bash" | "zsh" | "fish" | "pwsh";

const scripts: Readonly<Record<Shell, (words: readonly Words[]) => string>> = {
  bash: (words) => `# thumbelina completion for bash: source it, or put it in bash_completion.d
_thumbelina() {
  local word="\${COMP_WORDS[COMP_CWORD]}" verb="\${COMP_WORDS[1]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then words="${words.map(({ name }) => name).join(" ")}"; else
    case "$verb" in
${words.map(({ name, options }) => `      ${name}) words="${options.join(" ")}" ;;`).join("\n")}
    esac
  fi
  case "$word" in
    -*) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word") ;;
    *) if [ "$COMP_CWORD" -eq 1 ]; then mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
       else mapfile -t COMPREPLY < <(compgen -f -- "$word"); fi ;;
  esac
}
complete -o filenames -F _thumbelina thumbelina`,
  zsh: (words) => `#compdef thumbelina
_thumbelina() {
  local -a verbs options
  verbs=(${words.map(({ name, summary }) => `'${name}:${quoteZsh(summary)}'`).join(" ")})
  if (( CURRENT == 2 )); then _describe verb verbs; return; fi
  case "\${words[2]}" in
${words.map(({ name, options }) => `    ${name}) options=(${options.join(" ")}) ;;`).join("\n")}
  esac
  if [[ "\${words[CURRENT]}" == -* ]]; then compadd -- $options; else _files; fi
}
compdef _thumbelina thumbelina`,
  fish: (words) =>
    words
      .flatMap(({ name, summary, options }) => [
        `complete -c thumbelina -n __fish_use_subcommand -a ${name} -d '${quoteFish(summary)}'`,
        ...options.map(
          (option) => `complete -c thumbelina -n '__fish_seen_subcommand_from ${name}' -l ${option.replace(/^--/, "")}`,
        ),
      ])
      .join("\n"),
  pwsh: (words) => `Register-ArgumentCompleter -Native -CommandName thumbelina -ScriptBlock {
  param($word, $ast, $position)
  $options = @{ ${words.map(({ name, options }) => `'${name}' = @(${options.map((o) => `'${o}'`).join(", ")})`).join("; ")} }
  $elements = $ast.CommandElements
  if ($elements.Count -le 2 -and -not $options.ContainsKey("$($elements[1])")) { $all = $options.Keys }
  else { $all = $options["$($elements[1])"] }
  $all | Where-Object { $_ -like "$word*" } | Sort-Object | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}`,
};

function quoteZsh(text: string): string {
  return text.replaceAll("'", "'\\''").replaceAll(":", "\\:");
}

function quoteFish(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
}

export const command: Command = {
  usage: "completions <shell>",
  positionals: {
    shell: { choices: Object.keys(scripts), demandOption: true, type: "string", describe: "which shell" },
  },
  options: {},
  examples: [["thumbelina completions bash >> ~/.bashrc", "offer verbs and options on Tab"]],
  async run(args, terminal, verbs): Promise<0> {
    const words = await Promise.all(
      verbs.map(async ({ name, summary, load }) => {
        const { command } = await load();
        return { name, summary, options: [...Object.keys(command.options), "json", "help"].map((o) => `--${o}`) };
      }),
    );
    const shell = args["shell"] as Shell;
    const script = scripts[shell](words);
    terminal.out(terminal.json ? JSON.stringify({ shell, script }) : script);
    return 0;
  },
};
