/** Examples from files, tokenizers, and batches of few shapes. */
package dev.loraplus.data;
