/**
 * The registered functions of a component, read from its source as a reviewer reads it.
 */
import ts from "typescript";

/** The text of each file, by its path from the root. */
export type Files = Record<string, string>;

export type RegisteredFunction = {
  module: string;
  name: string;
  /** As it is called: `documents.get`. */
  id: string;
  /** What made it: `query`, `internalMutation`. */
  builder: string;
  isInternal: boolean;
  /** The source of each property of the object that it was made of; `null` if it was made of something else. */
  properties: Map<string, string> | null;
};

const BUILDER = /^(?:query|mutation|action|internal(?:Query|Mutation|Action))$/;

/** Every module at the top of the folder. */
export function modulesOf(
  files: Files,
  folder: string,
): { path: string; functions: RegisteredFunction[] }[] {
  return Object.entries(files)
    .filter(([path]) => path.startsWith(folder))
    .filter(([path]) => /^\w+\.ts$/.test(path.slice(folder.length)))
    .map(([path, text]) => {
      const module = path.slice(folder.length, -".ts".length);
      return { path, functions: functionsOf(module, parse(path, text)) };
    });
}

/** The names that a file imports from a module. */
export function importsOf(text: string, from: string): string[] {
  return parse("", text)
    .statements.filter(ts.isImportDeclaration)
    .filter(
      ({ moduleSpecifier }) =>
        ts.isStringLiteral(moduleSpecifier) && moduleSpecifier.text === from,
    )
    .flatMap(({ importClause }) => {
      const bindings = importClause?.namedBindings;
      return bindings && ts.isNamedImports(bindings) ? bindings.elements : [];
    })
    .map(({ name }) => name.text);
}

function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
}

function functionsOf(
  module: string,
  source: ts.SourceFile,
): RegisteredFunction[] {
  return source.statements
    .filter(ts.isVariableStatement)
    .filter(({ modifiers }) =>
      modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword),
    )
    .flatMap(({ declarationList }) => [...declarationList.declarations])
    .flatMap(({ name, initializer }) => {
      if (!initializer || !ts.isCallExpression(initializer)) return [];
      const builder = initializer.expression.getText(source);
      if (!BUILDER.test(builder)) return [];
      const called = name.getText(source);
      return {
        module,
        name: called,
        id: `${module}.${called}`,
        builder,
        isInternal: builder.startsWith("internal"),
        properties: propertiesOf(initializer.arguments[0], source),
      };
    });
}

function propertiesOf(
  argument: ts.Expression | undefined,
  source: ts.SourceFile,
): Map<string, string> | null {
  if (!argument || !ts.isObjectLiteralExpression(argument)) return null;
  return new Map(
    argument.properties.map((property) => {
      const name = property.name?.getText(source) ?? "";
      const value = ts.isPropertyAssignment(property)
        ? property.initializer.getText(source)
        : name;
      return [name, value];
    }),
  );
}
