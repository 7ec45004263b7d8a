/**
 * What is used here of `node:http`. An `import` of that module reads all that it exports, WebSockets among them, and so
 * loads Node's own web client and HTTP/2: 13 MB that the router has no use for (Node 24).
 */
export const { createServer, STATUS_CODES } = process.getBuiltinModule('node:http');
