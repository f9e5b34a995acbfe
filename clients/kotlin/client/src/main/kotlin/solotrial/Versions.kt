package solotrial

import solotrial.v1.ApiLevel
import solotrial.v1.ServerInfo

/** The API that this library speaks. Within it everything is only ever added. */
public const val API_VERSION: String = "v1"

/** How many additions this library knows. */
public const val API_LEVEL: Int = ApiLevel.API_LEVEL_CURRENT_VALUE

/**
 * VersionMismatch when the two cannot understand each other. An engine that is only older within
 * the API is fine: what it lacks is NotSupported when called.
 */
public fun checkVersion(info: ServerInfo) {
    if (info.apiVersion == API_VERSION) {
        if (info.oldestClientLevel <= API_LEVEL) return
        throw VersionMismatch(
            "The engine ${info.engineVersion} asks for clients of API level ${info.oldestClientLevel}, " +
                "this app has $API_LEVEL: this app is too old: update it",
        )
    }
    val ours = number(API_VERSION)
    val theirs = number(info.apiVersion)
    val what = when {
        theirs > ours -> "this app is too old: update it"
        theirs > 0 -> "the engine is too old: update the engine"
        else -> "is it an engine of solotrial?"
    }
    throw VersionMismatch(
        "The engine ${info.engineVersion} speaks API ${info.apiVersion.ifEmpty { "nothing known" }}, " +
            "this app $API_VERSION: $what",
    )
}

private fun number(version: String): Int =
    if (version.startsWith("v")) version.drop(1).toIntOrNull() ?: 0 else 0
