package solotrial.internal

import java.security.MessageDigest
import java.security.cert.CertificateException
import java.security.cert.CertificateFactory
import java.security.cert.X509Certificate
import javax.net.ssl.X509TrustManager
import kotlin.io.encoding.Base64

/** The name that the engine's own certificate is made out to, whatever its address is. */
internal const val OWN_CERTIFICATE_HOST = "engine.solotrial.internal"

internal class OtherCertificateException : CertificateException("not the certificate of the pairing code")

/** Trusts exactly the certificate whose SHA-256 (in hex) is `pin`, and remembers it. */
internal class PinnedCertificate(pin: String) : X509TrustManager {
    private val expected = pin.trim().lowercase()

    @Volatile
    var seen: X509Certificate? = null
        private set

    override fun checkServerTrusted(chain: Array<out X509Certificate>?, authType: String?) {
        val certificate = chain?.firstOrNull() ?: throw OtherCertificateException()
        val same = MessageDigest.isEqual(sha256(certificate).encodeToByteArray(), expected.encodeToByteArray())
        if (!same) throw OtherCertificateException()
        seen = certificate
    }

    override fun checkClientTrusted(chain: Array<out X509Certificate>?, authType: String?): Nothing =
        throw CertificateException("this is no server")

    override fun getAcceptedIssuers(): Array<X509Certificate> = emptyArray()
}

internal fun sha256(certificate: X509Certificate): String =
    MessageDigest.getInstance("SHA-256").digest(certificate.encoded)
        .joinToString("") { (it.toInt() and 0xff).toString(16).padStart(2, '0') }

/** The certificate as text (PEM). */
internal fun pem(certificate: X509Certificate): String =
    "-----BEGIN CERTIFICATE-----\n" +
        Base64.encode(certificate.encoded).chunked(64).joinToString("\n") +
        "\n-----END CERTIFICATE-----\n"

/** The SHA-256 of a certificate in PEM. */
internal fun pinOf(pem: String): String = try {
    val factory = CertificateFactory.getInstance("X.509")
    sha256(factory.generateCertificate(pem.byteInputStream()) as X509Certificate)
} catch (error: CertificateException) {
    throw IllegalArgumentException("the engine's certificate is no PEM of one: is it the right file?", error)
}
