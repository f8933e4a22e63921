/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Why the switch refuses a request.  openflow/ gives each its wire numbers, one
 * table a version; flow_error_text says it to a person.
 */
#ifndef FLOW_ERROR_H
#define FLOW_ERROR_H

#define FLOW_ERRORS(X)                                                         \
    X(FLOW_OK, "done")                                                         \
    X(FLOW_BAD_LENGTH, "a length does not fit")                                \
    X(FLOW_BAD_COMMAND, "unknown command")                                     \
    X(FLOW_BAD_FLAGS, "unknown or conflicting flags")                          \
    X(FLOW_BAD_TABLE, "there is no such table")                                \
    X(FLOW_BAD_PRIORITY, "the priority does not fit")                          \
    X(FLOW_TABLE_FULL, "the table is full")                                    \
    X(FLOW_OVERLAP, "overlaps an entry of the same priority")                  \
    X(FLOW_BAD_TIMEOUT, "the time-out cannot be had")                          \
    X(FLOW_OUT_OF_MEMORY, "out of memory")                                     \
    X(FLOW_NO_PERMISSION, "not allowed")                                       \
    X(FLOW_BAD_FIELD, "unknown match field")                                   \
    X(FLOW_BAD_VALUE, "the value does not fit the field")                      \
    X(FLOW_BAD_MASK, "the field cannot have this mask")                        \
    X(FLOW_BAD_WILDCARDS, "a value has bits outside its mask")                 \
    X(FLOW_BAD_PREREQUISITE, "the field needs another one that is not there")  \
    X(FLOW_DUPLICATE_FIELD, "a field is there twice")                          \
    X(FLOW_BAD_ACTION, "unknown action")                                       \
    X(FLOW_BAD_ACTION_LENGTH, "the length of an action does not fit")          \
    X(FLOW_BAD_OUT_PORT, "the output port cannot be")                          \
    X(FLOW_BAD_ARGUMENT, "the argument of an action cannot be")                \
    X(FLOW_BAD_OUT_GROUP, "the action names a group that is not there")        \
    X(FLOW_INCONSISTENT_MATCH, "the action does not fit the match")            \
    X(FLOW_BAD_TAG, "the tag type cannot be pushed")                           \
    X(FLOW_BAD_SET_TYPE, "the field cannot be set")                            \
    X(FLOW_BAD_SET_ARGUMENT, "the value cannot be set")                        \
    X(FLOW_BAD_QUEUE, "there is no such queue")                                \
    X(FLOW_TOO_MANY_ACTIONS, "too many actions")                               \
    X(FLOW_BAD_ACTION_ORDER, "actions cannot be done in that order")           \
    X(FLOW_NOT_FOR_ACTION_SET, "the action cannot be in an action set")        \
    X(FLOW_NOT_WHOLE, "it was shown in a version that cannot say all of it")   \
    X(FLOW_BAD_INSTRUCTION, "unknown instruction")                             \
    X(FLOW_DUPLICATE_INSTRUCTION, "an instruction is there twice")             \
    X(FLOW_BAD_GOTO, "goto must go to a later table")                          \
    X(FLOW_BAD_METADATA, "the metadata cannot be written")                     \
    X(FLOW_GROUP_EXISTS, "the group is there already")                         \
    X(FLOW_INVALID_GROUP, "the group cannot be")                               \
    X(FLOW_UNKNOWN_GROUP, "there is no such group")                            \
    X(FLOW_GROUP_LOOP, "the group would lead back to itself")                  \
    X(FLOW_GROUP_FULL, "no room for more groups")                              \
    X(FLOW_BUCKETS_FULL, "too many buckets")                                   \
    X(FLOW_BAD_BUCKET, "the bucket cannot be")                                 \
    X(FLOW_BAD_WATCH, "the watched port or group cannot be")                   \
    X(FLOW_METER_EXISTS, "the meter is there already")                         \
    X(FLOW_INVALID_METER, "the meter cannot be")                               \
    X(FLOW_UNKNOWN_METER, "there is no such meter")                            \
    X(FLOW_METER_FULL, "no room for more meters")                              \
    X(FLOW_BAD_BAND, "the band cannot be")                                     \
    X(FLOW_BUFFER_UNKNOWN, "there is no such buffer")                          \
    X(FLOW_BUFFER_EMPTY, "the buffer was used already")                        \
    X(FLOW_BAD_PORT, "there is no such port")                                  \
    X(FLOW_BAD_HARDWARE_ADDRESS, "the hardware address is not the port's")     \
    X(FLOW_BAD_VERSION, "no OpenFlow version that was agreed on")              \
    X(FLOW_BAD_TYPE, "unknown message type")                                   \
    X(FLOW_BAD_MULTIPART, "unknown multipart type")                            \
    X(FLOW_BAD_EXPERIMENTER, "unknown experimenter")                           \
    X(FLOW_BAD_EXPERIMENTER_TYPE, "unknown experimenter message")              \
    X(FLOW_BAD_ACTION_EXPERIMENTER, "action of an unknown experimenter")       \
    X(FLOW_BAD_INSTRUCTION_EXPERIMENTER,                                       \
      "instruction of an unknown experimenter")                                \
    X(FLOW_UNSUPPORTED_INSTRUCTION, "the instruction is not done here")        \
    X(FLOW_UNKNOWN_QUEUE, "the request names a queue that is not there")       \
    X(FLOW_BAD_FEATURES_TABLE,                                                 \
      "the features are of a table that is not there")                         \
    X(FLOW_TABLE_FEATURES_DENIED, "the table's features may not be changed")   \
    X(FLOW_BAD_EXPERIMENTER_ACTION, "unknown action of an experimenter")       \
    X(FLOW_BAD_EXPERIMENTER_INSTRUCTION,                                       \
      "unknown instruction of an experimenter")                                \
    X(FLOW_MULTIPART_OVERFLOW, "the parts of the request are too many")        \
    X(FLOW_IS_SLAVE, "a slave may not ask this")                               \
    X(FLOW_BAD_REQUEST_PORT, "the request names a port that is not there")     \
    X(FLOW_BAD_REQUEST_TABLE, "the request names a table that is not there")   \
    X(FLOW_BAD_PACKET, "the packet cannot be")                                 \
    X(FLOW_NOT_OF_PIPELINE, "a packet-out's match has only pipeline fields")   \
    X(FLOW_INCOMPATIBLE, "no OpenFlow version in common")                      \
    X(FLOW_UNSUPPORTED, "the switch does not do this")                         \
    X(FLOW_UNSUPPORTED_EMERGENCY, "there is no emergency table")               \
    X(FLOW_BAD_MATCH_LENGTH, "the length of a match does not fit")             \
    X(FLOW_BAD_MATCH_TYPE, "unknown kind of match")                            \
    X(FLOW_BAD_INSTRUCTION_LENGTH,                                             \
      "the length of an instruction does not fit")                             \
    X(FLOW_BAD_INSTRUCTION_TABLE, "goto names a table that is not there")      \
    X(FLOW_BAD_SET_LENGTH, "the length of a set field does not fit")           \
    X(FLOW_BAD_SET_MASK, "the field cannot be set under this mask")            \
    X(FLOW_BAD_ACTION_METER, "the action names a meter that is not there")     \
    X(FLOW_BAD_GROUP_COMMAND, "unknown command for groups")                    \
    X(FLOW_BAD_GROUP_TYPE, "unknown type of group")                            \
    X(FLOW_GROUP_UNSUPPORTED_WEIGHT, "a group of this type has no weights")    \
    X(FLOW_GROUP_CHAINED, "another group leads to this one")                   \
    X(FLOW_GROUP_UNSUPPORTED_CHAIN, "groups cannot lead to groups like this")  \
    X(FLOW_UNKNOWN_BUCKET, "there is no such bucket")                          \
    X(FLOW_BUCKET_EXISTS, "the bucket is there already")                       \
    X(FLOW_BAD_METER_COMMAND, "unknown command for meters")                    \
    X(FLOW_BAD_METER_FLAGS, "the meter cannot have these flags")               \
    X(FLOW_BAD_BAND_RATE, "the rate of the band cannot be had")                \
    X(FLOW_BAD_BAND_BURST, "the burst of the band cannot be had")              \
    X(FLOW_BAD_BAND_VALUE, "a value of the band cannot be")                    \
    X(FLOW_BANDS_FULL, "too many bands")                                       \
    X(FLOW_BAD_PORT_CONFIG, "the port's configuration cannot be")              \
    X(FLOW_BAD_PORT_ADVERTISE, "the port cannot advertise this")               \
    X(FLOW_BAD_MOD_TABLE, "the change names a table that is not there")        \
    X(FLOW_BAD_TABLE_CONFIG, "the table's configuration cannot be")            \
    X(FLOW_BAD_TABLE_FEATURES, "the table's features cannot be changed so")    \
    X(FLOW_BAD_QUEUE_PORT, "queues of a port that is not there")               \
    X(FLOW_BAD_SWITCH_FLAGS, "unknown flags of the switch")                    \
    X(FLOW_BAD_MISS_LENGTH, "the miss length cannot be had")                   \
    X(FLOW_BAD_ROLE, "unknown role")                                           \
    X(FLOW_STALE_ROLE, "the role's generation is an old one")                  \
    X(FLOW_ROLE_UNSUPPORTED, "the role cannot be had")                         \
    X(FLOW_ASYNC_INVALID, "a set of asynchronous messages cannot be")          \
    X(FLOW_ASYNC_UNSUPPORTED, "asynchronous messages of an unknown kind")      \
    X(FLOW_BAD_PROPERTY, "unknown property")                                   \
    X(FLOW_BAD_PROPERTY_LENGTH, "the length of a property does not fit")       \
    X(FLOW_BAD_PROPERTY_VALUE, "the value of a property cannot be")            \
    X(FLOW_BAD_PROPERTY_EXPERIMENTER, "unknown property of an experimenter")   \
    X(FLOW_DUPLICATE_PROPERTY, "a property is there twice")                    \
    X(FLOW_PROPERTIES_FULL, "too many properties")                             \
    X(FLOW_BUNDLE_BAD_ID, "there is no such bundle")                           \
    X(FLOW_BUNDLE_EXISTS, "the bundle is there already")                       \
    X(FLOW_BUNDLE_CLOSED, "the bundle is closed")                              \
    X(FLOW_BUNDLES_FULL, "no room for more bundles")                           \
    X(FLOW_BUNDLE_BAD_TYPE, "unknown or unfitting control of a bundle")        \
    X(FLOW_BUNDLE_BAD_FLAGS, "the bundle's flags cannot be or differ")         \
    X(FLOW_BUNDLE_MESSAGE_LENGTH,                                              \
      "the length of a bundle's message does not fit")                         \
    X(FLOW_BUNDLE_MESSAGE_XID, "the xid of a bundle's message differs")        \
    X(FLOW_BUNDLE_MESSAGE_UNSUPPORTED, "the message cannot be in a bundle")    \
    X(FLOW_BUNDLE_MESSAGE_CONFLICT,                                            \
      "messages of the bundle do not fit together")                            \
    X(FLOW_BUNDLE_MESSAGES_FULL, "too many messages in the bundle")            \
    X(FLOW_BUNDLE_FAILED, "a message of the bundle failed")                    \
    X(FLOW_BUNDLE_TIMEOUT, "the bundle took too long")                         \
    X(FLOW_BUNDLE_IN_PROGRESS, "another bundle holds what this one needs")     \
    X(FLOW_MONITOR_EXISTS, "the monitor is there already")                     \
    X(FLOW_UNKNOWN_MONITOR, "there is no such monitor")                        \
    X(FLOW_MONITORS_FULL, "no room for more monitors")                         \
    X(FLOW_BAD_MONITOR_COMMAND, "unknown command for monitors")                \
    X(FLOW_BAD_MONITOR_FLAGS, "unknown flags of a monitor")                    \
    X(FLOW_BAD_MONITOR_TABLE, "the monitor names a table that is not there")   \
    X(FLOW_BAD_MONITOR_OUT, "the monitor's output cannot be")

#define X(name, text) name,
enum flow_error { FLOW_ERRORS(X) FLOW_ERROR_COUNT };
#undef X

const char *flow_error_text(enum flow_error error);

#endif
