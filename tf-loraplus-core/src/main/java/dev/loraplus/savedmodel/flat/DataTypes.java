package dev.loraplus.savedmodel.flat;

import org.tensorflow.proto.DataType;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/** TensorFlow Java's classes for the types that variables have. */
public final class DataTypes {
  private DataTypes() {}

  /**
   * The class of a type.
   *
   * @param dtype type of a variable
   * @return its class
   * @throws SavedModelException if TensorFlow Java has none
   */
  public static Class<? extends TType> type(DataType dtype) {
    return switch (dtype) {
      case DT_FLOAT -> TFloat32.class;
      case DT_DOUBLE -> TFloat64.class;
      case DT_HALF -> TFloat16.class;
      case DT_BFLOAT16 -> TBfloat16.class;
      case DT_INT32 -> TInt32.class;
      case DT_INT64 -> TInt64.class;
      case DT_UINT8 -> TUint8.class;
      case DT_BOOL -> TBool.class;
      case DT_STRING -> TString.class;
      default ->
          throw new SavedModelException(
              "variables of the type " + dtype + " are unknown to TensorFlow Java");
    };
  }
}
