// Starts telegram-test-api on the port given; ends when whoever started it ends.
'use strict';

const TelegramServer = require('telegram-test-api');

const dayInSeconds = 24 * 60 * 60;
const server = new TelegramServer({
  host: '127.0.0.1',
  port: Number(process.argv[2]),
  storeTimeout: dayInSeconds, // it forgets everything after that
});

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
server.start().then(() => console.log('ready'));
