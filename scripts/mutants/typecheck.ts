/**
 * Type errors of mutants. One that does not compile dies of its own: its failing tests prove nothing.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import ts from "typescript";
import type { Mutant } from "./mutants.js";

/** What TypeScript says of each mutant that does not compile, by the mutant's name. */
export function findTypeErrors(mutants: Mutant[]): Map<string, string[]> {
  const { options, fileNames } = readConfig("tsconfig.build.json");
  // An incremental program checks again only what a change affects.
  const host = ts.createIncrementalCompilerHost(options);
  const parse = host.getSourceFile.bind(host);
  const read = host.readFile.bind(host);
  const parsed = new Map<string, ts.SourceFile | undefined>();
  let changed: { path: string; text: string } | undefined;
  host.readFile = (path) =>
    changed?.path === resolve(path) ? changed.text : read(path);
  // A file that has not changed is the same object, which lets a program take over what the one before knew of it.
  host.getSourceFile = (path, ...rest) => {
    if (changed?.path === resolve(path)) return parse(path, ...rest);
    if (!parsed.has(path)) parsed.set(path, parse(path, ...rest));
    return parsed.get(path);
  };
  host.writeFile = () => undefined;
  const check = (before?: ts.EmitAndSemanticDiagnosticsBuilderProgram) => {
    const program = ts.createEmitAndSemanticDiagnosticsBuilderProgram(
      fileNames,
      options,
      host,
      before,
    );
    const found = [
      ...program.getSyntacticDiagnostics(),
      ...program.getSemanticDiagnostics(),
    ];
    return { program, errors: found.map(toLine) };
  };

  const { program: whole, errors } = check();
  if (errors.length > 0) {
    throw new Error(
      `The source does not compile with nothing broken:\n${errors.join("\n")}`,
    );
  }
  // What each file exports, without which every change affects all files that import the one it is in.
  whole.emit();
  const wrong = new Map<string, string[]>();
  for (const { name, file, line, broken } of mutants) {
    const text = readFileSync(file, "utf8").replace(line, () => broken);
    changed = { path: resolve(file), text };
    const { errors: found } = check(whole);
    if (found.length > 0) wrong.set(name, found);
  }
  return wrong;
}

function readConfig(path: string): ts.ParsedCommandLine {
  const { config } = ts.readConfigFile(path, (file) =>
    ts.sys.readFile(file),
  ) as { config: unknown };
  const parsed = ts.parseJsonConfigFileContent(config, ts.sys, process.cwd());
  return { ...parsed, options: { ...parsed.options, incremental: true } };
}

function toLine({ file, start, messageText }: ts.Diagnostic): string {
  const message = ts.flattenDiagnosticMessageText(messageText, "\n");
  if (!file || start === undefined) return message;
  const { line } = file.getLineAndCharacterOfPosition(start);
  return `${file.fileName}:${line + 1} ${message}`;
}
