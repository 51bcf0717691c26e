export { p2c } from './p2c.js';
export { roundRobin } from './round-robin.js';
