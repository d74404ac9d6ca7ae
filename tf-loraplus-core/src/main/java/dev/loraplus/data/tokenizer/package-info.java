/** Text to token ids, as the model was pretrained with. */
package dev.loraplus.data.tokenizer;
