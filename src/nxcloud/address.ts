// The address of the upload call.

/** Its path below the address of the API. */
export const UPLOAD_PATH = '/api/wa/uploadTemplateFile';

/** The address uploads go to. */
export function buildUploadUrl(apiUrl: URL): URL {
  return new URL(apiUrl.pathname.replace(/\/+$/, '') + UPLOAD_PATH, apiUrl);
}
