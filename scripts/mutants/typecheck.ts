/**
 * Type errors of mutants. One that does not compile dies of its own: its failing tests prove nothing.
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import ts from "typescript";
import type { Mutant } from "./mutants.js";

/** What TypeScript says of each mutant that does not compile, by the mutant's name. */
export function findTypeErrors(mutants: Mutant[]): Map<string, string[]> {
  const { options, fileNames: sources } = readConfig("tsconfig.build.json");
  const others = mutants.map(({ file }) => resolve(file));
  const fileNames = [
    ...new Set([...sources.map((file) => resolve(file)), ...others]),
  ];
  // An incremental program checks again only what a change affects.
  const host = ts.createIncrementalCompilerHost(options);
  const parse = host.getSourceFile.bind(host);
  const read = host.readFile.bind(host);
  const parsed = new Map<string, ts.SourceFile | undefined>();
  /** Path → text, of the files that have a broken line. */
  let changed = new Map<string, string>();
  host.readFile = (path) => changed.get(resolve(path)) ?? read(path);
  // A file that has not changed is the same object, which lets a program take over what the one before knew of it.
  host.getSourceFile = (path, ...rest) => {
    if (changed.has(resolve(path))) return parse(path, ...rest);
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
  const errorsOf = (some: Mutant[]): string[] => {
    changed = new Map();
    for (const { file, line, broken } of some) {
      const path = resolve(file);
      const text = changed.get(path) ?? readFileSync(file, "utf8");
      changed.set(
        path,
        text.replace(line, () => broken),
      );
    }
    return check(whole).errors;
  };
  const wrong = new Map<string, string[]>();
  for (const round of roundsOf(mutants)) {
    // Together first, which is one look at the program. Who of them it is takes one look each.
    if (errorsOf(round).length === 0) continue;
    for (const mutant of round) {
      const found = errorsOf([mutant]);
      if (found.length > 0) wrong.set(mutant.name, found);
    }
  }
  return wrong;
}

/** Mutants that can be broken together: a file has one broken line in each round, so that none is taken for another's fault. */
function roundsOf(mutants: Mutant[]): Mutant[][] {
  const rounds: Mutant[][] = [];
  const counts = new Map<string, number>();
  for (const mutant of mutants) {
    const round = counts.get(mutant.file) ?? 0;
    counts.set(mutant.file, round + 1);
    (rounds[round] ??= []).push(mutant);
  }
  return rounds;
}

function readConfig(path: string): ts.ParsedCommandLine {
  const { config } = ts.readConfigFile(path, (file) =>
    ts.sys.readFile(file),
  ) as { config: unknown };
  const parsed = ts.parseJsonConfigFileContent(config, ts.sys, process.cwd());
  // What is not published is looked at too: it lies elsewhere, and knows of Node.
  const { rootDir: _, ...rest } = parsed.options;
  const options = {
    ...rest,
    types: ["node", "vite/client"],
    incremental: true,
  };
  return { ...parsed, options };
}

function toLine({ file, start, messageText }: ts.Diagnostic): string {
  const message = ts.flattenDiagnosticMessageText(messageText, "\n");
  if (!file || start === undefined) return message;
  const { line } = file.getLineAndCharacterOfPosition(start);
  return `${file.fileName}:${line + 1} ${message}`;
}
