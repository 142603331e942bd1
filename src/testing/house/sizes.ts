/**
 * The lengths of files and functions.
 */
import { type SyntaxNode, syntaxOf, walk } from './syntax.js';

/** Longer files usually need another model. */
const LONGEST_FILE = 250;
const LONGEST_FUNCTION = 60;

const FUNCTIONS = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
  'ClassMethod',
  'PrivateMethod',
  'Constructor',
  'MethodProperty',
  'GetterProperty',
  'SetterProperty',
]);

/**
 * The parts of a file that are too long, `path: 251 lines` and `path:12: a function of 61 lines`; in tests only the
 * file.
 */
export function tooLong(path: string, text: string): readonly string[] {
  const lines = text.split('\n').length - 1;
  const found = lines > LONGEST_FILE ? [`${path}: ${lines} lines`] : [];
  // The callback of describe() is no real function: it holds any number of tests.
  if (path.endsWith('.test.ts')) return found;
  const { root, linesOf } = syntaxOf(path, text);
  walk(root, (node: SyntaxNode) => {
    if (!FUNCTIONS.has(node.type)) return;
    const { first, last } = linesOf(node);
    const length = last - first + 1;
    if (length > LONGEST_FUNCTION) found.push(`${path}:${first}: a function of ${length} lines`);
  });
  return found;
}
