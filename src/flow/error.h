/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Why the switch refuses a request.  openflow/ gives each its wire numbers, one
 * table a version; flow_error_text is what people read.
 */
#ifndef FLOW_ERROR_H
#define FLOW_ERROR_H

#define FLOW_ERRORS(X)                                                         \
    X(FLOW_OK, "done")                                                         \
    X(FLOW_BAD_LENGTH, "wrong length")                                         \
    X(FLOW_BAD_COMMAND, "unknown command")                                     \
    X(FLOW_BAD_FLAGS, "unknown or conflicting flags")                          \
    X(FLOW_BAD_TABLE, "no such table")                                         \
    X(FLOW_BAD_PRIORITY, "invalid priority")                                   \
    X(FLOW_TABLE_FULL, "the table is full")                                    \
    X(FLOW_OVERLAP, "overlaps an entry of the same priority")                  \
    X(FLOW_BAD_TIMEOUT, "unsupported timeout")                                 \
    X(FLOW_OUT_OF_MEMORY, "out of memory")                                     \
    X(FLOW_NO_PERMISSION, "not allowed")                                       \
    X(FLOW_BAD_FIELD, "unknown match field")                                   \
    X(FLOW_BAD_VALUE, "invalid value for the field")                           \
    X(FLOW_BAD_MASK, "the field does not support this mask")                   \
    X(FLOW_BAD_WILDCARDS, "a value has bits outside its mask")                 \
    X(FLOW_BAD_PREREQUISITE,                                                   \
      "the field requires another field, which is missing")                    \
    X(FLOW_DUPLICATE_FIELD, "duplicate field")                                 \
    X(FLOW_BAD_ACTION, "unknown action")                                       \
    X(FLOW_BAD_ACTION_LENGTH, "wrong length of an action")                     \
    X(FLOW_BAD_OUT_PORT, "invalid output port")                                \
    X(FLOW_BAD_ARGUMENT, "invalid argument of an action")                      \
    X(FLOW_BAD_OUT_GROUP, "the action names a group that does not exist")      \
    X(FLOW_INCONSISTENT_MATCH, "the action does not fit the match")            \
    X(FLOW_BAD_TAG, "unsupported tag type")                                    \
    X(FLOW_BAD_SET_TYPE, "the field cannot be set")                            \
    X(FLOW_BAD_SET_ARGUMENT, "invalid value of a set field")                   \
    X(FLOW_BAD_QUEUE, "no such queue")                                         \
    X(FLOW_TOO_MANY_ACTIONS, "too many actions")                               \
    X(FLOW_BAD_ACTION_ORDER, "unsupported order of actions")                   \
    X(FLOW_NOT_FOR_ACTION_SET, "the action is not allowed in an action set")   \
    X(FLOW_NOT_WHOLE,                                                          \
      "it was shown in a version that cannot express all of it")               \
    X(FLOW_BAD_INSTRUCTION, "unknown instruction")                             \
    X(FLOW_DUPLICATE_INSTRUCTION, "duplicate instruction")                     \
    X(FLOW_BAD_GOTO, "goto must go to a later table")                          \
    X(FLOW_BAD_METADATA, "unsupported metadata")                               \
    X(FLOW_GROUP_EXISTS, "the group already exists")                           \
    X(FLOW_INVALID_GROUP, "invalid group")                                     \
    X(FLOW_UNKNOWN_GROUP, "no such group")                                     \
    X(FLOW_GROUP_LOOP, "the group would form a loop")                          \
    X(FLOW_GROUP_FULL, "too many groups")                                      \
    X(FLOW_BUCKETS_FULL, "too many buckets")                                   \
    X(FLOW_BAD_BUCKET, "invalid bucket")                                       \
    X(FLOW_BAD_WATCH, "invalid watch port or watch group")                     \
    X(FLOW_METER_EXISTS, "the meter already exists")                           \
    X(FLOW_INVALID_METER, "invalid meter")                                     \
    X(FLOW_UNKNOWN_METER, "no such meter")                                     \
    X(FLOW_METER_FULL, "too many meters")                                      \
    X(FLOW_BAD_BAND, "invalid meter band")                                     \
    X(FLOW_BUFFER_UNKNOWN, "no such buffer")                                   \
    X(FLOW_BUFFER_EMPTY, "the buffer was already used")                        \
    X(FLOW_BAD_PORT, "no such port")                                           \
    X(FLOW_BAD_HARDWARE_ADDRESS,                                               \
      "the hardware address differs from the port's")                          \
    X(FLOW_BAD_VERSION, "not the negotiated OpenFlow version")                 \
    X(FLOW_BAD_TYPE, "unknown message type")                                   \
    X(FLOW_BAD_MULTIPART, "unknown multipart type")                            \
    X(FLOW_BAD_EXPERIMENTER, "unknown experimenter")                           \
    X(FLOW_BAD_EXPERIMENTER_TYPE, "unknown experimenter message")              \
    X(FLOW_BAD_ACTION_EXPERIMENTER, "action of an unknown experimenter")       \
    X(FLOW_BAD_INSTRUCTION_EXPERIMENTER,                                       \
      "instruction of an unknown experimenter")                                \
    X(FLOW_UNSUPPORTED_INSTRUCTION, "unsupported instruction")                 \
    X(FLOW_UNKNOWN_QUEUE, "the request names a queue that does not exist")     \
    X(FLOW_BAD_FEATURES_TABLE,                                                 \
      "the features name a table that does not exist")                         \
    X(FLOW_TABLE_FEATURES_DENIED,                                              \
      "the features of the table may not be changed")                          \
    X(FLOW_BAD_EXPERIMENTER_ACTION, "unknown action of an experimenter")       \
    X(FLOW_BAD_EXPERIMENTER_INSTRUCTION,                                       \
      "unknown instruction of an experimenter")                                \
    X(FLOW_MULTIPART_OVERFLOW, "the request has too many parts")               \
    X(FLOW_IS_SLAVE, "a slave may not send this request")                      \
    X(FLOW_BAD_REQUEST_PORT, "the request names a port that does not exist")   \
    X(FLOW_BAD_REQUEST_TABLE, "the request names a table that does not exist") \
    X(FLOW_BAD_PACKET, "invalid packet")                                       \
    X(FLOW_NOT_OF_PIPELINE,                                                    \
      "the match of a packet-out may only have pipeline fields")               \
    X(FLOW_INCOMPATIBLE, "no OpenFlow version in common")                      \
    X(FLOW_UNSUPPORTED, "unsupported")                                         \
    X(FLOW_UNSUPPORTED_EMERGENCY, "unsupported: there is no emergency table")  \
    X(FLOW_BAD_MATCH_LENGTH, "wrong length of a match")                        \
    X(FLOW_BAD_MATCH_TYPE, "unknown type of match")                            \
    X(FLOW_BAD_INSTRUCTION_LENGTH, "wrong length of an instruction")           \
    X(FLOW_BAD_INSTRUCTION_TABLE, "goto names a table that does not exist")    \
    X(FLOW_BAD_SET_LENGTH, "wrong length of a set field")                      \
    X(FLOW_BAD_SET_MASK, "the field cannot be set with this mask")             \
    X(FLOW_BAD_ACTION_METER, "the action names a meter that does not exist")   \
    X(FLOW_BAD_GROUP_COMMAND, "unknown group command")                         \
    X(FLOW_BAD_GROUP_TYPE, "unknown group type")                               \
    X(FLOW_GROUP_UNSUPPORTED_WEIGHT, "a group of this type has no weights")    \
    X(FLOW_GROUP_CHAINED, "another group refers to this one")                  \
    X(FLOW_GROUP_UNSUPPORTED_CHAIN, "unsupported chain of groups")             \
    X(FLOW_UNKNOWN_BUCKET, "no such bucket")                                   \
    X(FLOW_BUCKET_EXISTS, "the bucket already exists")                         \
    X(FLOW_BAD_METER_COMMAND, "unknown meter command")                         \
    X(FLOW_BAD_METER_FLAGS, "unsupported meter flags")                         \
    X(FLOW_BAD_BAND_RATE, "unsupported rate of a meter band")                  \
    X(FLOW_BAD_BAND_BURST, "unsupported burst of a meter band")                \
    X(FLOW_BAD_BAND_VALUE, "invalid value of a meter band")                    \
    X(FLOW_BANDS_FULL, "too many meter bands")                                 \
    X(FLOW_BAD_PORT_CONFIG, "unsupported configuration of the port")           \
    X(FLOW_BAD_PORT_ADVERTISE, "the port cannot advertise this")               \
    X(FLOW_BAD_MOD_TABLE, "the change names a table that does not exist")      \
    X(FLOW_BAD_TABLE_CONFIG, "unsupported configuration of the table")         \
    X(FLOW_BAD_TABLE_FEATURES, "unsupported features of the table")            \
    X(FLOW_BAD_QUEUE_PORT, "queues of a port that does not exist")             \
    X(FLOW_BAD_SWITCH_FLAGS, "unknown switch flags")                           \
    X(FLOW_BAD_MISS_LENGTH, "unsupported miss length")                         \
    X(FLOW_BAD_ROLE, "unknown role")                                           \
    X(FLOW_STALE_ROLE, "stale generation id of the role")                      \
    X(FLOW_ROLE_UNSUPPORTED, "unsupported role")                               \
    X(FLOW_ASYNC_INVALID, "invalid mask of asynchronous messages")             \
    X(FLOW_ASYNC_UNSUPPORTED, "unsupported kind of asynchronous message")      \
    X(FLOW_BAD_PROPERTY, "unknown property")                                   \
    X(FLOW_BAD_PROPERTY_LENGTH, "wrong length of a property")                  \
    X(FLOW_BAD_PROPERTY_VALUE, "invalid value of a property")                  \
    X(FLOW_BAD_PROPERTY_EXPERIMENTER, "unknown property of an experimenter")   \
    X(FLOW_DUPLICATE_PROPERTY, "duplicate property")                           \
    X(FLOW_PROPERTIES_FULL, "too many properties")                             \
    X(FLOW_BUNDLE_BAD_ID, "no such bundle")                                    \
    X(FLOW_BUNDLE_EXISTS, "the bundle already exists")                         \
    X(FLOW_BUNDLE_CLOSED, "the bundle is closed")                              \
    X(FLOW_BUNDLES_FULL, "too many bundles")                                   \
    X(FLOW_BUNDLE_BAD_TYPE, "unknown or unexpected bundle control")            \
    X(FLOW_BUNDLE_BAD_FLAGS, "invalid or different flags of the bundle")       \
    X(FLOW_BUNDLE_MESSAGE_LENGTH, "wrong length of a message in the bundle")   \
    X(FLOW_BUNDLE_MESSAGE_XID, "different xid of a message in the bundle")     \
    X(FLOW_BUNDLE_MESSAGE_UNSUPPORTED,                                         \
      "the message is not supported in a bundle")                              \
    X(FLOW_BUNDLE_MESSAGE_CONFLICT, "messages of the bundle conflict")         \
    X(FLOW_BUNDLE_MESSAGES_FULL, "too many messages in the bundle")            \
    X(FLOW_BUNDLE_FAILED, "a message of the bundle failed")                    \
    X(FLOW_BUNDLE_TIMEOUT, "the bundle took too long")                         \
    X(FLOW_BUNDLE_IN_PROGRESS, "another bundle is in progress")                \
    X(FLOW_MONITOR_EXISTS, "the monitor already exists")                       \
    X(FLOW_UNKNOWN_MONITOR, "no such monitor")                                 \
    X(FLOW_MONITORS_FULL, "too many monitors")                                 \
    X(FLOW_BAD_MONITOR_COMMAND, "unknown monitor command")                     \
    X(FLOW_BAD_MONITOR_FLAGS, "unknown monitor flags")                         \
    X(FLOW_BAD_MONITOR_TABLE, "the monitor names a table that does not exist") \
    X(FLOW_BAD_MONITOR_OUT, "invalid output of the monitor")

#define X(name, text) name,
enum flow_error { FLOW_ERRORS(X) FLOW_ERROR_COUNT };
#undef X

const char *flow_error_text(enum flow_error error);

#endif
