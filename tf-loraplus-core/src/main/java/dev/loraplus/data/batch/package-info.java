/** Tokenised examples, and the batches of few shapes that a static graph is fed with. */
package dev.loraplus.data.batch;
