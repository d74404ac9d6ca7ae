/** Pretrained transformers as TensorFlow graphs; module paths are the checkpoint's names. */
package dev.loraplus.model;
