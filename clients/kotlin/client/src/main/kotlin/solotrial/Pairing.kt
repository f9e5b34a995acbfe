package solotrial

import java.net.URLDecoder
import solotrial.internal.PinnedCertificate
import solotrial.internal.addressOf
import solotrial.internal.pem
import solotrial.v1.NewAccess
import kotlinx.coroutines.delay

/**
 * What a `solotrial:` link or QR code holds.
 *
 * @property what `pair`: a pairing code or an invitation; `share`: a trial to read
 * @property engine HOST:PORT
 * @property code of `pair`: the code
 * @property token of `share`: the credential
 * @property pin SHA-256 of the engine's own certificate in hex; empty: it has none of its own
 */
public class Link internal constructor(
    public val what: String,
    public val engine: String,
    public val code: String,
    public val token: String,
    public val pin: String,
)

/**
 * How to reach one engine: what an app keeps where only it can read.
 *
 * @property engine HOST:PORT
 * @property token the credential
 * @property certificate PEM of the certificate that the engine must have; empty: one that this
 *   machine trusts
 */
public class Settings(
    public val engine: String,
    public val token: String = "",
    public val certificate: String = "",
) {
    /** A client with these settings. */
    public fun client(): Client = Client(engine, token, certificate)

    /** Without the secret, which is for no log. */
    override fun toString(): String = "Settings(engine=$engine)"
}

/**
 * What pairing gave.
 *
 * @property client the paired client
 * @property settings what to keep: the only copy of the credential
 * @property access the engine's answer; `recoveryPhrase`, when there is one, is to be written down
 *   on paper
 */
public class Joined internal constructor(
    public val client: Client,
    public val settings: Settings,
    public val access: NewAccess,
)

/** Takes a link apart; IllegalArgumentException when it is none. */
public fun parseLink(text: String): Link {
    val what = Regex("solotrial:(pair|share)\\?(.*)").matchEntire(text.trim())
    requireNotNull(what) { "that is no solotrial: link" }
    val values = what.groupValues[2].split('&').associate {
        it.substringBefore('=') to URLDecoder.decode(it.substringAfter('=', ""), "UTF-8")
    }
    val link = Link(
        what = what.groupValues[1],
        engine = values["engine"].orEmpty(),
        code = values["code"].orEmpty(),
        token = values["token"].orEmpty(),
        pin = values["pin"].orEmpty().lowercase(),
    )
    addressOf(link.engine)
    require((if (link.what == "pair") link.code else link.token).isNotEmpty()) {
        "the link is cut off: copy all of it"
    }
    return link
}

/**
 * Turns a pairing code, an invitation or its whole `solotrial:` link into a paired client.
 *
 * A bare code needs `engine`, and `pin` where the engine has a certificate of its own. Nothing is
 * sent to what has another certificate: [WrongCertificate].
 *
 * @param device what the person calls this device
 */
public suspend fun join(code: String, device: String, engine: String = "", pin: String = ""): Joined {
    if (!code.startsWith("solotrial:")) return claim(code, device, engine, pin)
    val link = parseLink(code)
    require(link.what == "pair") { "that link shows a trial; it is no pairing code or invitation" }
    return claim(link.code, device, link.engine, link.pin)
}

private suspend fun claim(code: String, device: String, engine: String, pin: String): Joined {
    val pinned = if (pin.isEmpty()) null else PinnedCertificate(pin)
    val access = Client(engine, "", pinned, { delay(it) }).use { nobody ->
        nobody.checkVersion()
        nobody.access.claimCode(code = code, deviceDisplayName = device)
    }
    val settings = Settings(engine, access.token, pinned?.seen?.let(::pem).orEmpty())
    return Joined(settings.client(), settings, access)
}
