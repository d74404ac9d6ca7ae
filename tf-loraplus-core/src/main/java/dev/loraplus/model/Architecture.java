package dev.loraplus.model;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A family of networks with one configuration and one task: what it has and how it computes. */
public interface Architecture {
  /**
   * Every module that holds parameters, in the order of computation.
   *
   * @return modules with distinct paths
   */
  List<ModuleSpec> modules();

  /**
   * Paths of the modules that the task adds; a checkpoint without them gets fresh ones.
   *
   * @return the head, outermost module paths
   */
  Set<String> head();

  /**
   * Paths of the modules that give the logits; a choice of all linear modules passes them over, as
   * in peft.
   *
   * @return module paths; none where the logits come from an embedding
   */
  default Set<String> outputs() {
    return head();
  }

  /**
   * The embedding whose table gives the logits too.
   *
   * @return its module path; empty where the logits have a matrix of their own
   */
  default Optional<String> tiedTable() {
    return Optional.empty();
  }

  /**
   * The class of transformers that computes the same from the same files.
   *
   * @return such as {@code BertForSequenceClassification}; a class without a head where none of
   *     transformers' has this one
   */
  String transformersClass();

  /**
   * The checkpoint prefix of everything but the head, such as {@code bert}; files of the bare
   * encoder leave it out.
   *
   * @return the prefix without its dot
   */
  String basePrefix();

  /**
   * Adds the forward pass to the graph.
   *
   * @param layers the layers in one mode (training or not)
   * @param inputs token ids and masks
   * @return what the network gives
   */
  ModelOutputs forward(Layers layers, ModelInputs inputs);

  /**
   * What a training pass keeps for its backward pass, for estimates of memory.
   *
   * @param length tokens of a text
   * @return numbers for each token
   */
  Footprint footprint(int length);

  /**
   * Longest sequence that the position table allows.
   *
   * @return tokens
   */
  int maxLength();

  /**
   * Size of the vocabulary.
   *
   * @return number of token ids
   */
  int vocabularySize();
}
