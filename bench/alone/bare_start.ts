/**
 * Does nothing but load what `pay` cannot do without.
 *
 * @module
 */

import "ethers";
import "ioredis";
