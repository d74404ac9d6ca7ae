/** LoRA as graph ops: where adapters attach, their parameters and their roles. */
package dev.loraplus.adapter;
