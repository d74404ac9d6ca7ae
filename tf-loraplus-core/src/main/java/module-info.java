/** LoRA+ fine-tuning on TensorFlow Java: adapters, optimizer, models, training and export. */
@org.jspecify.annotations.NullMarked
module dev.loraplus.core {
  requires transitive tensorflow;
  requires transitive tensorflow.framework;
  requires transitive org.jspecify;
  requires static com.google.errorprone.annotations;
  requires com.google.common;
  requires com.fasterxml.jackson.databind;
  requires com.sun.jna;
  requires org.slf4j;
  requires ai.djl.tokenizers;
  requires org.apache.commons.csv;
  requires me.tongfei.progressbar;

  exports dev.loraplus.adapter;
  exports dev.loraplus.config;
  exports dev.loraplus.conformance;
  exports dev.loraplus.data.batch;
  exports dev.loraplus.data.tokenizer;
  exports dev.loraplus.data;
  exports dev.loraplus.export;
  exports dev.loraplus.generation;
  exports dev.loraplus.gradient;
  exports dev.loraplus.graph;
  exports dev.loraplus.model;
  exports dev.loraplus.optimizer;
  exports dev.loraplus.savedmodel;
  exports dev.loraplus.savedmodel.adapt;
  exports dev.loraplus.savedmodel.data;
  exports dev.loraplus.savedmodel.export;
  exports dev.loraplus.savedmodel.flat;
  exports dev.loraplus.savedmodel.gradient;
  exports dev.loraplus.savedmodel.loss;
  exports dev.loraplus.savedmodel.plan;
  exports dev.loraplus.serving;
  exports dev.loraplus.training.metrics.text;
  exports dev.loraplus.sweep.finetuning;
  exports dev.loraplus.sweep.statistics;
  exports dev.loraplus.sweep;
  exports dev.loraplus.training.metrics;
  exports dev.loraplus.training.monitor;
  exports dev.loraplus.training;
  exports dev.loraplus.weights;
  exports dev.loraplus;
}
