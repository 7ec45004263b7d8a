/**
 * What is used here of `node:http`. An `import` of that module reads all that it exports, WebSockets among them, and so
 * loads Node's own web client and HTTP/2: 13 MB of an empty process (Node 24), and nothing of it is used.
 */
export const { createServer, STATUS_CODES } = process.getBuiltinModule('node:http');
