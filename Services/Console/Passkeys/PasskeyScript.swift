import Crypto

/// The script that asks the browser for a passkey; without it, nothing of passkeys is shown, and the password works as ever.
enum PasskeyScript {
    /// Where it is; the name changes with what stands in it, so that browsers keep it for ever.
    static let path = "/assets/\(Hex.encode(Array(SHA256.digest(Array(text.utf8)).prefix(8))))-passkeys.js"

    /// What stands in it.
    static let text = #"""
        const kit = window.PublicKeyCredential
        for (const form of document.querySelectorAll('form[data-passkey]')) {
          if (!kit?.parseCreationOptionsFromJSON || !navigator.credentials) continue
          form.hidden = false
          const field = form.elements.answer, refused = form.querySelector('[role=alert]')
          field.value = ''
          form.addEventListener('submit', async event => {
            if (field.value) return
            event.preventDefault()
            refused.hidden = true
            try {
              const asked = await fetch(form.dataset.options, { method: 'POST' })
              if (!asked.ok) throw new Error(asked.status)
              const options = await asked.json()
              const shown = form.dataset.passkey === 'make'
                ? await navigator.credentials.create({ publicKey: kit.parseCreationOptionsFromJSON(options) })
                : await navigator.credentials.get({ publicKey: kit.parseRequestOptionsFromJSON(options) })
              field.value = JSON.stringify(shown.toJSON())
              form.requestSubmit()
            } catch {
              refused.hidden = false
            }
          })
        }
        """#
}
