/** Several adapters at work on one model: switching, mixed batches, weighted combinations. */
package dev.loraplus.serving;
