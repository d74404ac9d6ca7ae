/** The training loop: steps, evaluation, listeners, checkpoints. */
package dev.loraplus.training;
