import ts from "typescript";

/** Names of the values that a module exports; `*` for everything of another module. */
export function listExports(source: string): string[] {
  const file = ts.createSourceFile("route.tsx", source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  return file.statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement)) return listNamed(statement);
    if (ts.isExportAssignment(statement)) return ["default"];
    const exported =
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword);
    if (!exported) return [];
    if (ts.isVariableStatement(statement))
      return statement.declarationList.declarations.flatMap((declaration) => listBound(declaration.name));
    if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement))
      return [statement.name?.text ?? "default"];
    return [];
  });
}

function listNamed(statement: ts.ExportDeclaration): string[] {
  if (statement.isTypeOnly) return [];
  const clause = statement.exportClause;
  if (!clause || ts.isNamespaceExport(clause)) return ["*"];
  return clause.elements.filter((element) => !element.isTypeOnly).map((element) => element.name.text);
}

function listBound(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : listBound(element.name)));
}
