// TypeScript text → every mutant of it that one small slip of the hand could be: a comparison that is off by one or turned round, another
// operator, a constant one larger, a condition negated, a statement or a case left out, two arguments exchanged.
//
//   key = file, line's text, column in it, kind: survives changes elsewhere in the file; equal lines are numbered
//
// Left alone: `invariant` and `throw` (they report defects, they make no code), defaults of absent fields (`?? 0`, `{ i = 0 }`: most are
// there for the type checker), types, imports and text.

import ts from "typescript";

export interface Mutant {
  readonly file: string;
  readonly key: string;
  readonly kind: string;
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

type Edit = Pick<Mutant, "kind" | "start" | "end" | "replacement">;

const operators: Readonly<Record<string, readonly string[]>> = {
  "<": ["<=", ">="],
  "<=": ["<", ">"],
  ">": [">=", "<="],
  ">=": [">", "<"],
  "===": ["!=="],
  "!==": ["==="],
  "+": ["-"],
  "-": ["+"],
  "*": ["/"],
  "/": ["*"],
  "%": ["*"],
  "<<": [">>"],
  ">>": ["<<"],
  ">>>": ["<<"],
  "&": ["|"],
  "|": ["&"],
  "^": ["|"],
  "&&": ["||"],
  "||": ["&&"],
  "+=": ["-="],
  "-=": ["+="],
};

export function mutantsOf(file: string, text: string): readonly Mutant[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  const edits: Edit[] = [];
  const visit = (node: ts.Node): void => {
    if (isLeftAlone(node)) return;
    edits.push(...editsAt(node, source));
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(source, visit);
  const seen = new Map<string, number>();
  return edits.map((edit) => {
    const { line, character } = source.getLineAndCharacterOfPosition(edit.start);
    const words = text.split("\n")[line]!;
    const column = character - words.search(/\S/);
    const place = `${file}: ${words.trim()} @${column} ${edit.kind}`;
    const nth = seen.get(place) ?? 0;
    seen.set(place, nth + 1);
    return { ...edit, file, line: line + 1, key: nth ? `${place} #${nth + 1}` : place };
  });
}

function isLeftAlone(node: ts.Node): boolean {
  if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return true;
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isThrowStatement(node)) return true;
  if (ts.isExpressionStatement(node)) return isLeftAlone(node.expression);
  if (ts.isNumericLiteral(node)) return isDefault(node);
  return ts.isCallExpression(node) && node.expression.getText() === "invariant";
}

function isDefault(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isBindingElement(parent)) return true;
  return ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken;
}

function editsAt(node: ts.Node, source: ts.SourceFile): readonly Edit[] {
  const whole = (kind: string, replacement: string): Edit => ({
    kind,
    start: node.getStart(source),
    end: node.end,
    replacement,
  });
  if (ts.isBinaryExpression(node)) return operatorEdits(node, source);
  if (ts.isNumericLiteral(node)) return [whole("+1", `(${node.text} + 1)`)];
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [whole("false", "false")];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [whole("true", "true")];
  if (ts.isExpressionStatement(node)) return [whole("drop statement", ";")];
  if (ts.isCaseClause(node)) return node.statements.length ? [whole("drop case", "")] : [];
  if (ts.isIfStatement(node)) return [negated(node.expression, source)];
  if (ts.isConditionalExpression(node)) return [negated(node.condition, source)];
  if (ts.isCallExpression(node)) return exchanged(node, source);
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.MinusToken)
    return ts.isNumericLiteral(node.operand) ? [] : [whole("drop minus", `(${node.operand.getText()})`)];
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.TildeToken)
    return [whole("drop ~", `(${node.operand.getText()})`)];
  return [];
}

function operatorEdits({ operatorToken }: ts.BinaryExpression, source: ts.SourceFile): readonly Edit[] {
  const written = operatorToken.getText(source);
  return (operators[written] ?? []).map((replacement) => ({
    kind: `${written} ${replacement}`,
    start: operatorToken.getStart(source),
    end: operatorToken.end,
    replacement,
  }));
}

function negated(condition: ts.Expression, source: ts.SourceFile): Edit {
  const start = condition.getStart(source);
  return { kind: "negate", start, end: condition.end, replacement: `!(${condition.getText(source)})` };
}

/** The first two arguments, where they are written alike: those that a hand would mix up and a type checker might not see. */
function exchanged(node: ts.CallExpression, source: ts.SourceFile): readonly Edit[] {
  const [a, b] = node.arguments;
  if (!a || !b || a.getText() === b.getText() || plainKind(a) === undefined || plainKind(a) !== plainKind(b)) return [];
  const start = a.getStart(source);
  const between = source.text.slice(a.end, b.getStart(source));
  return [{ kind: "exchange", start, end: b.end, replacement: `${b.getText()}${between}${a.getText()}` }];
}

function plainKind(node: ts.Expression): ts.SyntaxKind | undefined {
  if (ts.isNonNullExpression(node)) return plainKind(node.expression);
  if (ts.isIdentifier(node) || ts.isPropertyAccessExpression(node)) return ts.SyntaxKind.Identifier;
  return ts.isNumericLiteral(node) || ts.isElementAccessExpression(node) ? node.kind : undefined;
}

export function applied(text: string, { start, end, replacement }: Mutant): string {
  return text.slice(0, start) + replacement + text.slice(end);
}

/** Whether what came out is TypeScript at all. */
export function compiles(text: string): boolean {
  const { diagnostics } = ts.transpileModule(text, {
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext },
  });
  return !diagnostics?.length;
}
